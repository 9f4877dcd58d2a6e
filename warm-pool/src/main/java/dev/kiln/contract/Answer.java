package dev.kiln.contract;

import io.netty.buffer.ByteBuf;

/**
 * What a handler returned.
 *
 * @param body the JSON, reference-counted; whoever takes the answer releases it
 * @param initMicros microseconds of initialisation inside the sandbox, 0 if it was initialised
 *     before
 * @param handlerMicros microseconds of the handler inside the sandbox
 */
public record Answer(ByteBuf body, long initMicros, long handlerMicros) {}
