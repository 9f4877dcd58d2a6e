/** What operators see of the gateway: metrics and health. Nothing is null. */
@NullMarked
package dev.kiln.gateway.observe;

import org.jspecify.annotations.NullMarked;
