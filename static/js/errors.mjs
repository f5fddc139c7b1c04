// Moves the focus to the summary of faults, so that everybody hears at once what to mend.
document.querySelector("[data-error-summary]")?.focus();
