namespace Attune.Kernels.Loops;

/// <summary>An integer variable of a loop program: a loop counter, a let-bound value or a parameter. Identity is the object, the name is for people.</summary>
internal sealed class LoopVariable(string name)
{
    public string Name { get; } = name;

    public override string ToString() => Name;
}
