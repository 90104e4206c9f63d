using System.Diagnostics.CodeAnalysis;

namespace Attune.Design.Objectives;

/// <summary>What a source knows about the accuracy of a design.</summary>
/// <param name="Value">The accuracy, or whatever ranks designs by it; null when the source has none.</param>
/// <param name="Deviation">Its standard deviation; null when unknown.</param>
/// <param name="Problem">Why there is none; null when there is.</param>
public sealed record AccuracyAnswer(double? Value, double? Deviation, string? Problem)
{
    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool Succeeded => Value is not null;
}
