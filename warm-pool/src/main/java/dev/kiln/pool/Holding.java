package dev.kiln.pool;

import dev.kiln.contract.StartType;

/**
 * A sandbox that a call has been given, ready for {@code LOAD} or {@code INVOKE}. Whoever has it
 * gives it back once.
 *
 * @param leaseMicros from the question to the sandbox's choice
 */
record Holding(Resident resident, VersionStock stock, StartType startType, long leaseMicros) {}
