// Asks the questions of a challenge only while a call is chosen that asks for one; without this script they always stand there.
for (const questions of document.querySelectorAll("[data-for-calls]")) {
  const calls = questions.dataset.forCalls.split(" ");
  const choices = [...document.querySelectorAll('input[name="call"]')];
  const look = () => {
    const chosen = choices.find((choice) => choice.type === "hidden" || choice.checked);
    questions.hidden = !chosen || !calls.includes(chosen.value);
  };
  for (const choice of choices) choice.addEventListener("change", look);
  look();
}
