using System.Collections.Immutable;
using Attune.Design.Objectives;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Devices;

namespace Attune.Design.Flow;

/// <summary>What a search makes large: a fast source of accuracies, and the designs it may be asked about.</summary>
/// <param name="Source">The source, for names and labels.</param>
/// <param name="Model">Its values by genes; NaN for designs that it does not know.</param>
/// <param name="Pool">The only designs that have a value; null when all have.</param>
public sealed record ValueModel(IAccuracy Source, IDesignModel Model, ImmutableArray<SpacePoint>? Pool)
{
    /// <summary>A source that answers for every design.</summary>
    public static ValueModel Of<T>(T source)
        where T : IAccuracy, IDesignModel => new(source, source, null);

    /// <summary>A table: only its designs are looked at. The reason when it cannot be searched.</summary>
    /// <param name="table">The table.</param>
    /// <param name="space">The space; its designs are listed when the table tells ids only.</param>
    public static Result<ValueModel, string> Of(AccuracyTable table, DesignSpace space) =>
        (table.Designs.IsEmpty ? space.Enumerate() : table.Designs) is { } designs
            ? new ValueModel(table, new TableModel(table), designs)
            : $"{table.Name} names designs by their ids only, and the space is too large to list: give it a column for every gene";

    private sealed class TableModel(AccuracyTable table) : IDesignModel
    {
        public double Predict(ReadOnlySpan<int> genes) =>
            table.AskAsync(new SpacePoint([.. genes]), CancellationToken.None).GetAwaiter().GetResult().Value?.Value ?? double.NaN;
    }
}
