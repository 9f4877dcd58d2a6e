/**
 * Functions as Kiln knows them: names, immutable revisions, numbered versions, aliases, and the
 * service that changes them. Knows neither HTTP nor Redis: {@link
 * dev.kiln.gateway.function.FunctionStore} is an interface. Nothing is null.
 */
@NullMarked
package dev.kiln.gateway.function;

import org.jspecify.annotations.NullMarked;
