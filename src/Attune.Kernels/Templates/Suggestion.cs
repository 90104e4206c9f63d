namespace Attune.Kernels.Templates;

/// <summary>A point of a template's space worth measuring early.</summary>
/// <param name="Index">The point.</param>
/// <param name="Cycles">
/// Cycles of the busiest thread by a rough count, comparable among templates; 0 when nothing was counted and the point should be tried in any case.
/// </param>
internal readonly record struct Suggestion(long Index, double Cycles);
