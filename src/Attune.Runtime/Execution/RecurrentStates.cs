using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Recurrent;

namespace Attune.Runtime.Execution;

/// <summary>Where the states of a recurrent layer come from and go to.</summary>
/// <param name="Workload">The layer.</param>
/// <param name="Tiles">Where states lie in the shared workspace.</param>
/// <param name="Hidden">Initial hidden states; nothing for zeros.</param>
/// <param name="Cells">Initial cell states; nothing for zeros.</param>
/// <param name="LastHidden">Where the last hidden states go; nothing when nobody reads them.</param>
/// <param name="LastCells">Where the last cell states go; nothing when nobody reads them.</param>
internal sealed record RecurrentStates(
    RecurrentWorkload Workload, RecurrentTiles Tiles, Operand Hidden, Operand Cells, Operand LastHidden, Operand LastCells)
{
    /// <summary>Puts the initial states of a strand where the first step looks for them.</summary>
    public void Begin(RunContext context, int strand)
    {
        Copy(context, Hidden, Tiles.StateAt(0), strand, isLast: false);
        if (Workload.Kind == RecurrentKind.Long)
        {
            Copy(context, Cells, Tiles.CellsAt, strand, isLast: false);
        }
    }

    /// <summary>Gives away the last states of a strand.</summary>
    public void End(RunContext context, int strand)
    {
        Copy(context, LastHidden, Tiles.StateAt(Workload.Steps), strand, isLast: true);
        if (Workload.Kind == RecurrentKind.Long)
        {
            Copy(context, LastCells, Tiles.CellsAt, strand, isLast: true);
        }
    }

    private unsafe void Copy(RunContext context, Operand operand, long at, int strand, bool isLast)
    {
        float* outside = operand switch
        {
            { Constant: { } constant } => constant.Address,
            { Storage: { } storage } => context.AddressOf(storage),
            _ => null,
        };
        int direction = strand / Workload.Parts;
        int first = strand % Workload.Parts * Workload.Rows;
        for (int row = first; row < first + Workload.Rows; row++)
        {
            int place = Workload.IsBatchFirst ? (row * Workload.Directions) + direction : (direction * Workload.Batch) + row;
            var inside = new Span<float>(context.Shared + at + ((((long)direction * Workload.Batch) + row) * Tiles.Width), Tiles.Width);
            if (isLast && outside != null)
            {
                inside[..Workload.Hidden].CopyTo(new Span<float>(outside + ((long)place * Workload.Hidden), Workload.Hidden));
            }
            else if (!isLast)
            {
                inside.Clear();
                if (outside != null)
                {
                    new ReadOnlySpan<float>(outside + ((long)place * Workload.Hidden), Workload.Hidden).CopyTo(inside);
                }
            }
        }
    }
}
