export {channels} from './channels';
export {convolve} from './convolve';
export {lstm, reset, simple, update} from './recurrent';
export {rows, rowsBy4} from './rows';
