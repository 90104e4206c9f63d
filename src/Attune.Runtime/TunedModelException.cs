namespace Attune.Runtime;

/// <summary>A tuned-model file could not be read or written.</summary>
public sealed class TunedModelException(TunedModelError error, Exception? inner = null) : IOException(error.Message, inner)
{
    /// <summary>The kind of failure, the message and what to do next.</summary>
    public TunedModelError Error { get; } = error;
}
