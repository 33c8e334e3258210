package io.girok.group;

/// Who asks, as far as the broker knows. Immutable.
///
/// @param id what the client calls itself, empty when it does not
/// @param host its address as people read it
/// @param version of the request it sent
public record Client(String id, String host, short version) {}
