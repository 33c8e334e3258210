/// Authorization of requests: what whoever sent one may do (start at Access), and the audit log that tells of what was
/// denied. Thread-safe; used on event loops, and never blocks.
@NullMarked
package io.girok.broker.access;

import org.jspecify.annotations.NullMarked;
