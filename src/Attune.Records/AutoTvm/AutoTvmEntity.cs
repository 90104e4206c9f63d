namespace Attune.Records.AutoTvm;

/// <summary>One knob's value in an AutoTVM log.</summary>
/// <param name="Name">Knob name.</param>
/// <param name="Kind">"sp" split, "re" reorder, "an" annotate, "ot" other.</param>
/// <param name="Value">The value as JSON text: a list for the first three, a number, text, true, false or null for the last.</param>
public sealed record AutoTvmEntity(string Name, string Kind, string Value);
