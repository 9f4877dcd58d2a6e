/**
 * What images and code trees are named and described by: validated values that every other package
 * shares. Nothing here touches a disk. Nothing is null.
 */
@NullMarked
package dev.kiln.image;

import org.jspecify.annotations.NullMarked;
