// Not a module: runs before the first paint, so that a chosen theme does not flash. No choice: the system's.
{
  const chosen = localStorage.getItem("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
}
