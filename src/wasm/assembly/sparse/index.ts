export {channels, pad} from './channels';
export {convolve} from './convolve';
export {multiply} from './multiply';
export {lstm, reset, simple, update} from './recurrent';
export {rows, rowsBy4} from './rows';
