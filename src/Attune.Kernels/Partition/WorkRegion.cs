namespace Attune.Kernels.Partition;

/// <summary>A box of an activation: channel blocks (those of all images one after the other) x rows x columns; ends are exclusive.</summary>
internal readonly record struct WorkRegion(int FirstBlock, int EndBlock, int FirstRow, int EndRow, int FirstColumn, int EndColumn);
