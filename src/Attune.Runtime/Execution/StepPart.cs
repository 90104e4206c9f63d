namespace Attune.Runtime.Execution;

/// <summary>
/// Work between two barriers: each member of the thread team does its share. Parts of one step write disjoint memory and need no barrier between them.
/// Immutable; what changes lives in the context.
/// </summary>
internal abstract class StepPart
{
    /// <summary>Pieces that can be given to different members; 0 when the work is cut in another way.</summary>
    public virtual int Units => 0;

    /// <summary>Does one member's share.</summary>
    public abstract void Run(RunContext context, int member, int members);

    /// <summary>Called once for a new context, before its first run.</summary>
    public virtual void Bind(RunContext context)
    {
    }
}
