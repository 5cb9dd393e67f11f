// Registers the layers of converted models for loading.
import './blocks';
import './constant';
import './elementwise';
import './moves';
import './products';
import './resize';
