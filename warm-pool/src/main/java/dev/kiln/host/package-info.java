/**
 * What this host and this JVM can do for Kiln, and how to mend the rest. The launcher examines the
 * host, since most of it takes privilege to see; the JVM examines itself. Nothing is null.
 */
@NullMarked
package dev.kiln.host;

import org.jspecify.annotations.NullMarked;
