export {lstm, reset, simple, update} from './recurrent';
export {rows, rowsBy4} from './rows';
export {follow, help, post, product, settled} from './team';
