namespace Attune.Design.Store;

/// <summary>Time of an execution unit on a device.</summary>
/// <param name="Unit">Key of the unit.</param>
/// <param name="Ms">Milliseconds per execution, above 0.</param>
/// <param name="Source">Where the time comes from.</param>
/// <param name="Samples">Models or trials it is the median of.</param>
public sealed record UnitTime(string Unit, double Ms, UnitTimeSource Source, int Samples);
