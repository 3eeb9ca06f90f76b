// Runs before the first paint, so that a chosen theme does not flash. No choice: the system's.
const chosenTheme = localStorage.getItem("theme");
if (chosenTheme) document.documentElement.dataset.theme = chosenTheme;
