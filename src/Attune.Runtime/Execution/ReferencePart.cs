namespace Attune.Runtime.Execution;

/// <summary>Runs a node without template through its reference kernel, on one thread.</summary>
/// <param name="call">The node and its operands.</param>
internal sealed class ReferencePart(ReferenceCall call) : StepPart
{
    public override void Run(RunContext context, int member, int members)
    {
        if (member == 0)
        {
            call.Run(context.Managed);
        }
    }
}
