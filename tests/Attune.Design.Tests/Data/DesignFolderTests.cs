using Attune.Design.Data;

namespace Attune.Design.Tests.Data;

public sealed class DesignFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-designs").FullName;

    [Fact]
    public void A_folder_is_read_with_its_gaps_and_sentinels()
    {
        Write("latency_ms.csv", "row,some_index,a,b", "0,7,1.5,2", "1,8,,-1", "2,9,2.5,4");
        DesignFolder read = DesignFolder.Read(folder);
        read.Designs.ShouldBe(3);
        read.Devices.Select(device => device.Name).ShouldBe(["a", "b"]);
        read.Device("a").Values.ShouldBe([1.5, double.NaN, 2.5]);
        read.Device("b").Values.ShouldBe([2, double.NaN, 4]);
        read.Warnings.Single().ShouldStartWith("1 value on 1 device: not above 0");
        read.Warnings.Single().ShouldEndWith(": b (1).");
        Should.Throw<KeyNotFoundException>(() => read.Device("c")).Message.ShouldContain("a, b");
    }

    [Fact]
    public void Genes_become_one_hot_columns_and_cells_have_their_dead_branches_removed()
    {
        Write("latency_ms.csv", "row,a", "0,1", "1,2", "2,3");
        // Node 1 is fed by edge 1_0 and feeds edge 2_1; edge 2_0 goes past it.
        Write("architectures.csv", "row,op_1_0,op_2_0,op_2_1", "0,conv,conv,conv", "1,none,conv,conv", "2,conv,skip_connect,none");
        DesignFolder read = DesignFolder.Read(folder);
        read.Units!.Columns.ShouldBe(2 + 2 + 2 + 1);
        read.Units.Row(0).ToArray().Sum().ShouldBe(4);
        int alive = read.StructureNames.IndexOf("alive conv");
        int longest = read.StructureNames.IndexOf("longest chain");
        int joins = read.StructureNames.IndexOf("additions at 2");
        Column(alive).ShouldBe([3, 1, 0]);
        Column(longest).ShouldBe([2, 1, 0]);
        Column(joins).ShouldBe([1, 0, 0]);

        double[] Column(int column) => [.. Enumerable.Range(0, 3).Select(row => read.Structure![row, column])];
    }

    [Fact]
    public void Accuracies_must_be_of_the_same_designs()
    {
        Write("latency_ms.csv", "row,a", "0,1", "1,2");
        Write("accuracy.csv", "row,acc_set", "0,90");
        Should.Throw<DesignDataException>(() => DesignFolder.Read(folder)).Message.ShouldContain("same designs");
        Write("accuracy.csv", "row,acc_set", "0,90", "1,91.5");
        DesignFolder.Read(folder).Accuracies.Single().Values.ShouldBe([90, 91.5]);
    }

    [Theory]
    [InlineData("row,a\n0,fast\n1,2\n", "'fast' is no number")]
    [InlineData("row,a\n0,1,2\n", "line 2: 3 fields")]
    [InlineData("row,a\n0,1\n\n\"1,2\n", "line 4: the quote that begins field 1 is not closed")]
    [InlineData("row,\"a\n0,1\n1,2\n", "line 1: the quote that begins field 2 is not closed")]
    [InlineData("row,a\n0,1\n1,2\"\n", "line 3: field 2 has a quote")]
    [InlineData("row,a\n0,1\n\n1,slow\n", "line 4, column a: 'slow' is no number")]
    [InlineData("row,a,a\n", "one name")]
    [InlineData("row\n0\n1\n", "0 devices")]
    [InlineData("", "is empty")]
    public void Malformed_tables_say_where_and_why(string text, string expected)
    {
        File.WriteAllText(Path.Combine(folder, "latency_ms.csv"), text);
        Should.Throw<DesignDataException>(() => DesignFolder.Read(folder)).Message.ShouldContain(expected);
    }

    [Fact]
    public void A_missing_table_is_named() => Should.Throw<DesignDataException>(() => DesignFolder.Read(folder)).Message.ShouldContain("latency_ms.csv");

    [Fact]
    public void Constant_and_duplicate_devices_are_reported()
    {
        string[] rows = [.. Enumerable.Range(0, 20).Select(i => $"{i},5,{i + 1},{2 * (i + 1)}")];
        Write("latency_ms.csv", ["row,flat,x,y", .. rows]);
        DesignFolder read = DesignFolder.Read(folder);
        read.Warnings.ShouldContain(warning => warning.StartsWith("All values of 1 device are equal") && warning.EndsWith(": flat."));
        read.Warnings.ShouldContain(warning => warning.StartsWith("1 group of devices agree") && warning.EndsWith(": x = y."));
    }

    [Fact]
    public void A_cause_is_told_once_however_many_devices_it_concerns()
    {
        // Six copies in two groups have seven pairs; two flat devices; three with a sentinel each.
        string[] rows = [.. Enumerable.Range(0, 20).Select(i => string.Join(
            ',', i, i + 1, 2 * (i + 1), 3 * (i + 1), 4 * (i + 1), 400 - (i * i), 2 * (400 - (i * i)), 7, 7, i == 0 ? -1 : 30 + (i % 3 * 9),
            i == 1 ? 0 : 30 + (i % 5 * 9), i == 2 ? -5 : 30 + (i % 7 * 9)))];
        Write("latency_ms.csv", ["row,a1,a2,a3,a4,b1,b2,flat1,flat2,s1,s2,s3", .. rows]);
        DesignFolder read = DesignFolder.Read(folder);
        read.Warnings.Length.ShouldBe(3);
        read.Warnings[0].ShouldStartWith("3 values on 3 devices");
        read.Warnings[0].ShouldEndWith(": s1 (1), s2 (1), s3 (1).");
        read.Warnings[1].ShouldEndWith(": flat1, flat2.");
        read.Warnings[2].ShouldStartWith("2 groups of devices");
        read.Warnings[2].ShouldEndWith(": a1 = a2 = a3 = a4; b1 = b2.");
        read.Copies.Select(group => group.Length).ShouldBe([4, 2]);
    }

    public void Dispose() => Directory.Delete(folder, true);

    private void Write(string name, params string[] lines) => File.WriteAllLines(Path.Combine(folder, name), lines);
}
