namespace Attune.Design.Search;

/// <summary>A design with what is predicted or measured of it.</summary>
/// <param name="Genes">Its canonical genes; not to be changed.</param>
/// <param name="Value">What is to be large, for example accuracy in percent.</param>
/// <param name="Cost">What is to be small, for example milliseconds.</param>
public sealed record DesignPoint(int[] Genes, double Value, double Cost);
