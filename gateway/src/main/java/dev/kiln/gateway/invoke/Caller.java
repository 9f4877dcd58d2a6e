package dev.kiln.gateway.invoke;

import dev.kiln.contract.Answer;
import dev.kiln.gateway.problem.ProblemException;

/** Is told once how its call ended, on the call's event loop. */
public interface Caller {

  /** The function answered; the body now belongs to the caller. */
  void answered(Call call, Answer answer);

  /** There is no answer. */
  void failed(Call call, ProblemException problem);
}
