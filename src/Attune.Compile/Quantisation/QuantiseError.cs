namespace Attune.Compile.Quantisation;

/// <summary>Why there is no quantised network.</summary>
/// <param name="Failure">The kind.</param>
/// <param name="Message">What is wrong and why, a sentence or two.</param>
/// <param name="Next">What to do about it.</param>
public sealed record QuantiseError(QuantiseFailure Failure, string Message, string Next)
{
    /// <summary>File or folder concerned; empty where the message says it.</summary>
    public string Where { get; init; } = string.Empty;
}
