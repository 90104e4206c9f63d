using System.Collections.Immutable;
using Attune.Learning.Linear;

namespace Attune.Design.Data;

/// <summary>
/// Measured designs on many devices, read from a folder: latency_ms.csv (key columns "row", "design" or "...index", then a column per device), and where
/// present architectures.csv (columns "x_..." are counts of execution units, columns "op_..." or "gene_..." are genes by name) and accuracy.csv (columns
/// "acc_..."), with the same rows. Immutable once read.
/// </summary>
public sealed class DesignFolder
{
    private DesignFolder(string path, ImmutableArray<(DeviceColumn Device, int Sentinels)> devices, bool looksForCopies)
    {
        Path = path;
        Devices = [.. devices.Select(device => device.Device)];
        Copies = looksForCopies ? DeviceCopies.Groups(Devices) : [];
        Warnings = DataOddities.Of(devices, Copies);
    }

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>The devices in the order of the file.</summary>
    public ImmutableArray<DeviceColumn> Devices { get; }

    /// <summary>Groups of devices that are copies of each other, two or more in each; a device that is none is in no group.</summary>
    public ImmutableArray<ImmutableArray<DeviceColumn>> Copies { get; }

    /// <summary>
    /// What is odd about the data, a sentence for each cause with all devices that it concerns: sentinels, constant devices, devices that are copies
    /// of each other.
    /// </summary>
    public ImmutableArray<string> Warnings { get; }

    /// <summary>Number of designs.</summary>
    public int Designs => Devices[0].Values.Length;

    /// <summary>
    /// Counts of execution units, one row per design; null when the folder has neither counts nor genes. Genes become one-hot columns and a column of ones.
    /// </summary>
    public DenseMatrix? Units { get; private init; }

    /// <summary>Names of the columns of <see cref="Units"/>.</summary>
    public ImmutableArray<string> UnitNames { get; private init; } = [];

    /// <summary>Genes of every design as positions in <see cref="GeneValues"/>; null when there are none.</summary>
    public int[][]? Genes { get; private init; }

    /// <summary>Execution units after dead branches are gone, see <see cref="CellStructure"/>; null when the genes are not edges of a cell.</summary>
    public DenseMatrix? Structure { get; private init; }

    /// <summary>Names of the columns of <see cref="Structure"/>.</summary>
    public ImmutableArray<string> StructureNames { get; private init; } = [];

    /// <summary>Names of every gene's values.</summary>
    public ImmutableArray<ImmutableArray<string>> GeneValues { get; private init; } = [];

    /// <summary>Accuracies in percent, one column per data set; empty when there are none.</summary>
    public ImmutableArray<DeviceColumn> Accuracies { get; private init; } = [];

    /// <summary>A device by its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public DeviceColumn Device(string name) => Devices.FirstOrDefault(device => device.Name == name)
        ?? throw new KeyNotFoundException($"{Path} has no device '{name}'; it has {string.Join(", ", Devices.Select(device => device.Name))}.");

    /// <summary>Reads a folder.</summary>
    /// <exception cref="DesignDataException">A file is missing or malformed, or there are fewer than two designs or no device.</exception>
    public static DesignFolder Read(string folder)
    {
        CsvTable latencies = CsvTable.Read(System.IO.Path.Combine(folder, "latency_ms.csv"));
        ImmutableArray<(DeviceColumn Device, int Sentinels)> devices = [.. Enumerable.Range(0, latencies.Columns.Length).Where(
            i => !IsKey(latencies.Columns[i])).Select(i => Clean(latencies, i))];
        if (devices.IsEmpty || latencies.Rows < 2)
        {
            throw new DesignDataException(
                $"{folder}: latency_ms.csv has {latencies.Rows} designs and {devices.Length} devices; at least two designs and one device are needed.");
        }

        string designs = System.IO.Path.Combine(folder, "architectures.csv");
        string accuracy = System.IO.Path.Combine(folder, "accuracy.csv");
        CsvTable? architectures = File.Exists(designs) ? Matching(designs, latencies.Rows) : null;
        CsvTable? accuracies = File.Exists(accuracy) ? Matching(accuracy, latencies.Rows) : null;
        (int[][]? genes, ImmutableArray<ImmutableArray<string>> geneValues, ImmutableArray<string> geneNames) = architectures is null
            ? (null, [], [])
            : GenesOf(architectures);
        (DenseMatrix? units, ImmutableArray<string> unitNames) = architectures is null ? (null, []) : UnitsOf(architectures, genes, geneValues, geneNames);
        (DenseMatrix Units, ImmutableArray<string> Names)? structure = genes is null ? null : CellStructure.Of(geneNames, geneValues, genes);
        return new DesignFolder(folder, devices, looksForCopies: true)
        {
            Genes = genes,
            GeneValues = geneValues,
            Units = units,
            UnitNames = unitNames,
            Structure = structure?.Units,
            StructureNames = structure?.Names ?? [],
            Accuracies = accuracies is null
                ? []
                : [.. accuracies.Columns.Index().Where(column => column.Item.StartsWith("acc_")).Select(
                    column => new DeviceColumn(column.Item["acc_".Length..], accuracies.Numbers(column.Index)))],
        };
    }

    /// <summary>Reads one file with costs and a value of every design side by side.</summary>
    /// <param name="path">The file.</param>
    /// <param name="prefixes">Columns that begin with one of these are devices.</param>
    /// <param name="accuracy">The column with the value.</param>
    /// <exception cref="DesignDataException">The file is missing or malformed, or lacks the columns.</exception>
    public static DesignFolder ReadPoints(string path, ImmutableArray<string> prefixes, string accuracy)
    {
        CsvTable table = CsvTable.Read(path);
        int value = table.Columns.IndexOf(accuracy);
        ImmutableArray<(DeviceColumn Device, int Sentinels)> devices = [.. Enumerable.Range(0, table.Columns.Length).Where(
            i => prefixes.Any(table.Columns[i].StartsWith)).Select(i => Clean(table, i))];
        return value < 0 || devices.IsEmpty
            ? throw new DesignDataException($"{path} has no column {accuracy} or none that begins with {string.Join(" or ", prefixes)}.")
            : new DesignFolder(path, devices, looksForCopies: false) { Accuracies = [new DeviceColumn(accuracy, table.Numbers(value))] };
    }

    private static bool IsKey(string column) => column is "row" or "design" || column.EndsWith("index");

    private static CsvTable Matching(string path, int rows)
    {
        CsvTable table = CsvTable.Read(path);
        return table.Rows == rows
            ? table
            : throw new DesignDataException($"{path} has {table.Rows} designs, latency_ms.csv has {rows}; both must list the same designs in the same order.");
    }

    private static (DeviceColumn Device, int Sentinels) Clean(CsvTable table, int column)
    {
        double[] values = table.Numbers(column);
        int sentinels = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i]) && !(values[i] > 0 && double.IsFinite(values[i])))
            {
                values[i] = double.NaN;
                sentinels++;
            }
        }

        return (new DeviceColumn(table.Columns[column], values), sentinels);
    }

    private static (int[][]? Genes, ImmutableArray<ImmutableArray<string>> Values, ImmutableArray<string> Names) GenesOf(CsvTable table)
    {
        int[] columns = [.. table.Columns.Index().Where(
            column => column.Item.StartsWith("op_") || column.Item.StartsWith("gene_")).Select(column => column.Index)];
        if (columns.Length == 0)
        {
            return (null, [], []);
        }

        ImmutableArray<ImmutableArray<string>> values = [.. columns.Select(
            column => Enumerable.Range(0, table.Rows).Select(row => table[row, column]).Distinct().Order(StringComparer.Ordinal).ToImmutableArray())];
        int[][] genes = [.. Enumerable.Range(0, table.Rows).Select(
            row => columns.Select((column, g) => values[g].BinarySearch(table[row, column], StringComparer.Ordinal)).ToArray())];
        return (genes, values, [.. columns.Select(column => table.Columns[column])]);
    }

    private static (DenseMatrix? Units, ImmutableArray<string> Names) UnitsOf(
        CsvTable table, int[][]? genes, ImmutableArray<ImmutableArray<string>> values, ImmutableArray<string> names)
    {
        int[] columns = [.. table.Columns.Index().Where(column => column.Item.StartsWith("x_")).Select(column => column.Index)];
        if (columns.Length > 0)
        {
            var units = new DenseMatrix(table.Rows, columns.Length);
            for (int j = 0; j < columns.Length; j++)
            {
                double[] counts = table.Numbers(columns[j]);
                for (int i = 0; i < counts.Length; i++)
                {
                    units[i, j] = counts[i];
                }
            }

            return (units, [.. columns.Select(column => table.Columns[column]["x_".Length..])]);
        }

        return genes is null
            ? (null, [])
            : (OneHot.Of(
                genes, [.. values.Select(list => list.Length)]), [.. values.SelectMany((list, g) => list.Select(value => $"{names[g]}={value}")), "bias"]);
    }
}
