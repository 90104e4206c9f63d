using Attune.Compile.Models;
using Attune.Measuring.Peers;

namespace Attune.Compile.Opponents;

/// <summary>Why there is nothing to compare a model with.</summary>
public abstract record OpponentError;

/// <summary>The tuned model does not say which model it was made from, and nobody named one.</summary>
public sealed record OriginalUnknown : OpponentError;

/// <summary>The ONNX file that both are made from is missing.</summary>
/// <param name="Source">Its path.</param>
/// <param name="WasNamed">True when the user named it, false when it is what the tuned model remembers.</param>
public sealed record OriginalMissing(string Source, bool WasNamed) : OpponentError;

/// <summary>The opponent, or the model that both are made from, cannot be loaded.</summary>
/// <param name="Error">Why.</param>
public sealed record OpponentUnloadable(ModelLoadError Error) : OpponentError;

/// <summary>The other engine is missing or refuses the model.</summary>
/// <param name="Error">Why.</param>
public sealed record PeerUnavailable(PeerError Error) : OpponentError;
