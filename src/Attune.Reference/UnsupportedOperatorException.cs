using System.Diagnostics.CodeAnalysis;

namespace Attune.Reference;

/// <summary>
/// An operator, or a combination of its attributes and types, that the reference kernels do not implement. A normal answer about a model,
/// not a bug: callers turn it into a list of what is missing.
/// </summary>
[SuppressMessage("Roslynator", "RCS1194", Justification = "Without an operator and a reason it would say nothing.")]
public sealed class UnsupportedOperatorException : NotSupportedException
{
    /// <summary>Names the operator and why it cannot run.</summary>
    public UnsupportedOperatorException(string @operator, string reason)
        : base($"Operator {@operator} is not supported: {reason}")
    {
        Operator = @operator;
        Reason = reason;
    }

    /// <summary>Operator name, for example GridSample.</summary>
    public string Operator { get; }

    /// <summary>What exactly is missing, as the end of a sentence.</summary>
    public string Reason { get; }
}
