using Attune.Tuning.Bao;
using Attune.Tuning.Bted;
using Attune.Tuning.Options;
using Attune.Tuning.Search;

namespace Attune.Tuning.Tests.Options;

public sealed class OptionTableTests
{
    private static readonly OptionTable<Demo> Table = OptionTable<Demo>.Empty
        .Integer("count", 1, 10, o => o.Count, (o, v) => o with { Count = v }, "how many")
        .Positive("width", 5, o => o.Width, (o, v) => o with { Width = v }, "how wide")
        .Number("share", 0, 1, o => o.Share, (o, v) => o with { Share = v }, "how much")
        .AutoInteger("limit", 2, 8, o => o.Limit, (o, v) => o with { Limit = v }, "at most")
        .Flag("loud", o => o.Loud, (o, v) => o with { Loud = v }, "noise")
        .Choice("order", o => o.Order, (o, v) => o with { Order = v }, "which first")
        .Preset("large", o => o with { Count = 9, Width = 4 }, "big things");

    private enum Sequence
    {
        RowMajor,
        ColumnMajor,
    }

    [Fact]
    public void Assignments_change_what_they_name_and_presets_come_first()
    {
        Demo bound = Table.Bind(new Demo(), ["width=2.5", "Loud=on", "order=column-major", "limit=4", "preset=large"]).Value.ShouldNotBeNull();
        bound.ShouldBe(new Demo { Count = 9, Width = 2.5, Loud = true, Order = Sequence.ColumnMajor, Limit = 4 });
        Table.Bind(bound, ["limit=auto", "loud=off"]).Value.ShouldBe(bound with { Limit = null, Loud = false });
    }

    [Fact]
    public void A_single_precision_number_is_shown_as_it_was_written()
    {
        Table.Describe(new Demo { Share = 0.3f, Width = 1e-4f }).Where(
            option => option.Name is "share" or "width").Select(option => option.Value).ShouldBe(["0.0001", "0.3"]);
        Table.Describe(new Demo { Share = 0.1 + 0.2 }).Single(option => option.Name == "share").Value.ShouldBe("0.30000000000000004");
    }

    [Theory]
    [InlineData("count=0", "from 1 to 10")]
    [InlineData("count=2.5", "from 1 to 10")]
    [InlineData("width=0", "above 0")]
    [InlineData("width=nan", "above 0")]
    [InlineData("share=1.01", "from 0 to 1")]
    [InlineData("share=1,0", "from 0 to 1")]
    [InlineData("limit=9", "auto, or")]
    [InlineData("loud=maybe", "on or off")]
    [InlineData("order=diagonal", "row-major or column-major")]
    [InlineData("preset=huge", "it is large")]
    [InlineData("widht=3", "did you mean 'width'")]
    [InlineData("count", "NAME=VALUE")]
    [InlineData("=3", "NAME=VALUE")]
    public void What_is_unknown_or_out_of_range_is_answered_with_what_to_type(string assignment, string expected)
    {
        Table.Bind(new Demo(), [assignment]).Error.ShouldNotBeNull().Sentences.ShouldHaveSingleItem().ShouldContain(expected);
    }

    [Fact]
    public void All_problems_are_told_at_once() =>
        Table.Bind(new Demo(), ["count=99", "colour=red", "loud=on", "loud=off"]).Error!.Sentences.Length.ShouldBe(3);

    [Fact]
    public void Records_made_in_code_are_held_to_the_same_ranges()
    {
        Table.Problems(new Demo()).ShouldBeEmpty();
        Table.Problems(new Demo { Count = 11, Share = double.NaN, Limit = 1 }).Count().ShouldBe(3);
    }

    [Fact]
    public void A_description_shows_values_that_the_option_accepts()
    {
        var demo = new Demo { Width = 0.1, Order = Sequence.ColumnMajor };
        TunerOption[] shown = [.. Table.Describe(demo)];
        shown[0].Name.ShouldBe("preset");
        Table.Bind(new Demo(), shown.Skip(1).Select(option => $"{option.Name}={option.Value}")).Value.ShouldBe(demo);
    }

    [Fact]
    public void Tables_are_joined_under_prefixes_and_presets_of_one_name_do_both()
    {
        OptionTable<Pair> pair = Table.Within<Pair>(o => o.A, (o, v) => o with { A = v }, "a-").And(Table.Within<Pair>(o => o.B, (o, v) => o with { B = v }));
        Pair bound = pair.Bind(new Pair(), ["a-count=3", "preset=large"]).Value.ShouldNotBeNull();
        (bound.A.Count, bound.A.Width, bound.B.Count).ShouldBe((3, 4, 9));
        Should.Throw<ArgumentException>(() => pair.And(pair)).Message.ShouldContain("prefix");
    }

    [Theory]
    [InlineData("bao", "radius=2")]
    [InlineData("bted", "batches=5")]
    [InlineData("bted+bao", "tree-depth=4")]
    public void The_catalog_binds_the_options_of_its_searchers(string name, string assignment)
    {
        SearcherOptions bound = SearcherCatalog.Bind(name, new(), [assignment]).Value.ShouldNotBeNull();
        string option = assignment.Split('=')[0];
        SearcherCatalog.OptionsOf(name, bound).Single(shown => shown.Name == option).Value.ShouldBe(assignment.Split('=')[1]);
        SearcherCatalog.Bind("random", new(), [assignment]).Error.ShouldNotBeNull().Sentences.ShouldHaveSingleItem().ShouldContain("no options");
    }

    [Fact]
    public void The_presets_of_the_papers_are_at_hand_by_name()
    {
        SearcherOptions bound = SearcherCatalog.Bind("bted+bao", new(), ["preset=paper", "resamples=3"]).Value.ShouldNotBeNull();
        bound.Bao.ShouldBe(BaoOptions.Paper with { Resamples = 3 });
        bound.Bted.ShouldBe(BtedOptions.Paper);
    }

    private sealed record Demo
    {
        public int Count { get; init; } = 1;

        public double Width { get; init; } = 1;

        public double Share { get; init; } = 0.5;

        public int? Limit { get; init; }

        public bool Loud { get; init; }

        public Sequence Order { get; init; }
    }

    private sealed record Pair
    {
        public Demo A { get; init; } = new();

        public Demo B { get; init; } = new();
    }
}
