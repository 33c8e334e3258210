/// The controller: (image, command, now) to (records, answer). Begin with [io.girok.controller.Controller], which
/// decides, and [io.girok.controller.ActiveController], which has it decided on the node that leads and runs on one
/// executor.
@NullMarked
package io.girok.controller;

import org.jspecify.annotations.NullMarked;
