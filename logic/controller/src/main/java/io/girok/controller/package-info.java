/// (image, command, now) to (records, answer).
@NullMarked
package io.girok.controller;

import org.jspecify.annotations.NullMarked;
