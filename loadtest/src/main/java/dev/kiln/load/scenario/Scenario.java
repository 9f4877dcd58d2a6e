package dev.kiln.load.scenario;

import dev.kiln.load.kiln.Settings;
import dev.kiln.load.report.Figure;

/** One figure and how it is taken. */
public interface Scenario {

  /** Returns the name by which {@code --only} knows it. */
  String name();

  /** Returns in a few words what it measures. */
  String title();

  /** Returns how the instance that it measures has to be set up; scenarios run grouped by this. */
  Settings settings();

  /** Takes the figure. */
  Figure measure(Bench bench) throws InterruptedException;
}
