/// A node without its edges: broker, controller and coordinators in one, wired to whatever world they are put in.
@NullMarked
package io.girok.node;

import org.jspecify.annotations.NullMarked;
