namespace Attune.Compile.Flow;

/// <summary>A value (or a part of one) that one step writes and another reads.</summary>
/// <param name="Producer">Position of the step that writes.</param>
/// <param name="Consumer">Position of the step that reads; larger.</param>
/// <param name="Bytes">Size of the part, bytes.</param>
public sealed record FlowEdge(int Producer, int Consumer, long Bytes);
