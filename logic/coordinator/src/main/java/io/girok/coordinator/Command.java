package io.girok.coordinator;

/// Something a coordinator is asked to do.
///
/// @param <S> the state it is asked of
/// @param <A> the answer
@FunctionalInterface
public interface Command<S, A> {
    /// Decides on the present state. A decision with records changes nothing by itself: the records do when they are
    /// applied, and its soft change right after. The answer may be given by this decision, or kept in the state and
    /// given by a later one.
    Decision handle(S state, Reply<A> reply);
}
