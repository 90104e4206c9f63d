namespace Attune.Design.Objectives;

/// <summary>What a source knows about the accuracy of a design.</summary>
/// <param name="Value">The accuracy, or whatever ranks designs by it.</param>
/// <param name="Deviation">Its standard deviation; null when unknown.</param>
public sealed record KnownAccuracy(double Value, double? Deviation);
