export const HELP = `npx tfjs-pruning report <model> [--json]
npx tfjs-pruning prune <model> --sparsity <share> [options]
npx tfjs-pruning convert <model> [options]
npx tfjs-pruning ship <model> [options]

report   prints the sparsity of each weight.
prune    prunes by magnitude, without training, and writes a sparse file.
convert  writes a model without pruning it: Keras 3 models, which tfjs cannot
         load, as sparse files and models that it loads, and graph models as
         layers models, which can be trained. It lists the nodes that no layers
         compute.
ship     writes a layers or Keras 3 model as a module that predicts without
         tfjs, and its declarations (.d.ts).

  <model>             model.json of a layers, graph or Keras 3 model with its
                      weights, or a sparse file
  --json              print one JSON object instead of tables
  --help              print this text

Options of prune, convert and ship:
  --values <kind>     float32 (lossless, default), float16, int8, or 1 to 8, the
                      bits of a codebook
  --force             overwrite the input model

Options of prune and convert:
  --sparsity <share>  the share of each kernel to prune, from 0 to below 1; not
                      of convert
  -o, --out <folder>  output folder, "pruned" or "converted" by default;
                      load its model.tfsp with sparseFile() of tfjs-pruning
  --plain             also write model.json and weights.bin, including zeros, in
                      the dtype of the model
  --unchecked         write even if tfjs cannot load the result, for models with
                      custom layers

Options of convert:
  --outputs <nodes>   the nodes that the layers model outputs, with commas
                      between; those of the graph model by default
  --input <node=sizes>
                      a size of an input that varies, or another node to begin
                      at, as image=256x256x3; repeatable

Options of ship:
  -o, --out <file>    the output file, "model.js" or "model.wasm" by default
  --format <format>   module (of JavaScript, default) or wasm, the default for
                      an output file that ends with .wasm
  --check <x> <y>     compare the outputs for the examples of one file of NumPy
                      with those of another, before writing
  --tolerance <share> the largest difference that --check allows, as a share of
                      the largest output: by default 0.0001, or 0.05 of values
                      that are rounded

Files are written whole or not at all, and each is loaded once before it
replaces an older one.

Exit codes: 0 success, 1 the model cannot be read, changed or written, 2 wrong
options.`;
