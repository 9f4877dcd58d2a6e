/**
 * The generator: sends calls over keep-alive HTTP/1.1 connections when they are due, from one event
 * loop, and reports each answer with the time since its call was <em>due</em>. It knows nothing of
 * Kiln. Nothing is null.
 */
@NullMarked
package dev.kiln.load.run;

import org.jspecify.annotations.NullMarked;
