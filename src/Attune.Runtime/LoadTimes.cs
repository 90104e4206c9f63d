namespace Attune.Runtime;

/// <summary>
/// How long loading a model took. Kernels are compiled and weights packed by several threads at the same time, so the parts may exceed the total.
/// </summary>
/// <param name="TotalMs">From the call to the ready model, milliseconds of wall-clock time.</param>
/// <param name="ReadMs">Until the network is read and planned, milliseconds of wall-clock time.</param>
/// <param name="CompileMs">Generating and compiling kernels, milliseconds summed over threads.</param>
/// <param name="PackMs">Reading and packing weights, milliseconds summed over threads.</param>
public sealed record LoadTimes(double TotalMs, double ReadMs, double CompileMs, double PackMs);
