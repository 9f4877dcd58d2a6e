/**
 * From an uploaded archive to a function that answers: check → store → compile → activate ({@link
 * dev.kiln.gateway.deploy.Deployments}). Everything here blocks and belongs on no event loop.
 * Nothing is null.
 */
@NullMarked
package dev.kiln.gateway.deploy;

import org.jspecify.annotations.NullMarked;
