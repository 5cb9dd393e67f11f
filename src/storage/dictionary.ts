/**
 * The text that a head may refer to while it is inflated: the head of a model with common layers, as tfjs 4.22 writes it. A
 * part of the format, which never changes; docs/format.md has the same lines.
 */
export const DICTIONARY = `
{"modelTopology":{"class_name":"Sequential","config":{"name":"sequential_1","layers":[{"class_name":"Conv2D",
"config":{"filters":32,"kernel_initializer":{"class_name":"VarianceScaling","config":{"scale":2,"mode":"fan_in",
"distribution":"normal","seed":null}},"kernel_regularizer":null,"kernel_constraint":null,"kernel_size":[3,3],
"strides":[1,1],"padding":"valid","data_format":"channels_last","dilation_rate":[1,1],"activation":"relu",
"use_bias":true,"bias_initializer":{"class_name":"Zeros","config":{}},"bias_regularizer":null,
"activity_regularizer":null,"bias_constraint":null,"name":"conv2d_Conv2D1","trainable":true,"batch_input_shape":[null,
28,28,1],"dtype":"float32"}},{"class_name":"AveragePooling2D","config":{"pool_size":[2,2],"padding":"valid",
"strides":[2,2],"data_format":"channels_last","name":"average_pooling2d_AveragePooling2D1","trainable":true}},
{"class_name":"MaxPooling2D","config":{"pool_size":[2,2],"padding":"valid","strides":[2,2],
"data_format":"channels_last","name":"max_pooling2d_MaxPooling2D1","trainable":true}},{"class_name":"Dropout",
"config":{"rate":0.5,"noise_shape":null,"seed":null,"name":"dropout_Dropout1","trainable":true}},
{"class_name":"Flatten","config":{"name":"flatten_Flatten1","trainable":true}},{"class_name":"Dense",
"config":{"units":10,"activation":"softmax","use_bias":true,"kernel_initializer":{"class_name":"VarianceScaling",
"config":{"scale":1,"mode":"fan_avg","distribution":"normal","seed":null}},"bias_initializer":{"class_name":"Zeros",
"config":{}},"kernel_regularizer":null,"bias_regularizer":null,"activity_regularizer":null,"kernel_constraint":null,
"bias_constraint":null,"name":"dense_Dense1","trainable":true}}]},"keras_version":"tfjs-layers 4.22.0",
"backend":"tensor_flow.js"},"format":"layers-model","generatedBy":"TensorFlow.js tfjs-layers v4.22.0",
"convertedBy":null,"weightSpecs":[{"name":"conv2d_Conv2D1/kernel","shape":[3,3,1,32],"dtype":"float32"},
{"name":"conv2d_Conv2D1/bias","shape":[32],"dtype":"float32"},{"name":"dense_Dense1/kernel","shape":[1152,10],
"dtype":"float32"},{"name":"dense_Dense1/bias","shape":[10],"dtype":"float32"}],"weightBytes":47400}
`.replaceAll('\n', '');
