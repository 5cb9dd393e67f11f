// Tables that scroll can be reached by the keyboard.
for (const table of document.querySelectorAll('.tsd-typography table')) table.tabIndex = 0;
