using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Sources;

/// <summary>Which arguments a program reads and which it writes, and whether it is bound to groups and lanes.</summary>
internal sealed class MemoryUse : Walker
{
    public HashSet<int> Loaded { get; } = [];

    public HashSet<int> Stored { get; } = [];

    /// <summary>Memory that four numbers at once are loaded from or stored to.</summary>
    public HashSet<Buffer> Fours { get; } = [];

    public bool IsBound { get; private set; }

    protected override void Visit(Statement statement)
    {
        switch (statement)
        {
            case Store { Buffer.Scope: MemoryScope.Global } store:
                Stored.Add(store.Buffer.Position);
                Visit(store.Value);
                break;
            case StoreFirst { Buffer.Scope: MemoryScope.Global } store:
                Stored.Add(store.Buffer.Position);
                Visit(store.Value);
                break;
            case StoreFour store:
                Fours.Add(store.Buffer);
                if (store.Buffer.Scope == MemoryScope.Global)
                {
                    Stored.Add(store.Buffer.Position);
                }

                break;
            case LoadFour load:
                Fours.Add(load.Buffer);
                base.Visit(statement);
                break;
            case Prefetch:
                break;
            default:
                base.Visit(statement);
                break;
        }
    }

    protected override void Visit(Loop loop)
    {
        IsBound |= loop.Kind is LoopKind.Group or LoopKind.Lane;
        base.Visit(loop);
    }

    protected override void Access(Buffer buffer, Index offset)
    {
        if (buffer.Scope == MemoryScope.Global)
        {
            Loaded.Add(buffer.Position);
        }
    }
}
