using System.Collections.Immutable;
using Attune.Measuring.Models;
using Attune.Runtime;
using Attune.Tuning.Session;

namespace Attune.Tuning.Tests.Session;

public sealed class ModelRepairTests
{
    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("3")]
    [InlineData("1,5,6")]
    [InlineData("0,1,2,3,4,5,6,7")]
    public void Exactly_the_culprits_are_replaced(string culprits)
    {
        HashSet<string> wrong = [.. culprits.Split(',', StringSplitOptions.RemoveEmptyEntries)];
        int compared = 0;
        var repair = ModelRepair.Of(Tuned(8), Fallback, model =>
        {
            compared++;
            return model.Any(each => each.Source == ConfigurationSource.Tuned && wrong.Contains(each.Task)) ? new OutputError("y", 1, 1) : null;
        });
        repair.Difference.ShouldBeNull();
        repair.Culprits.Select(each => each.Task).ShouldBe(wrong, ignoreOrder: true);
        repair.Configurations.Length.ShouldBe(8);
        repair.Configurations.ShouldAllBe(each => each.Source == (wrong.Contains(each.Task) ? ConfigurationSource.Default : ConfigurationSource.Tuned));
        compared.ShouldBeLessThanOrEqualTo(1 + (5 * wrong.Count));
    }

    [Fact]
    public void A_pair_that_is_wrong_is_left_out()
    {
        ImmutableArray<TunedConfiguration> found = [.. Tuned(2), Configuration("pair", ConfigurationSource.Tuned)];
        var repair = ModelRepair.Of(found, Fallback, model => model.Any(each => each.Task == "pair") ? new OutputError("y", 1, 1) : null);
        repair.Difference.ShouldBeNull();
        repair.Configurations.Select(each => each.Task).ShouldBe(["0", "1"]);
        repair.Culprits.ShouldHaveSingleItem().Task.ShouldBe("pair");
    }

    [Fact]
    public void A_model_that_is_wrong_with_defaults_too_has_no_repair()
    {
        var repair = ModelRepair.Of(Tuned(3), Fallback, _ => new OutputError("y", 2, 0.5));
        repair.Difference.ShouldBe(new OutputError("y", 2, 0.5));
        repair.Culprits.ShouldBeEmpty("nothing says that the choices are at fault");
        ModelRepair.Of([], Fallback, _ => new OutputError("y", 2, 0.5)).Difference.ShouldNotBeNull();
    }

    private static ImmutableArray<TunedConfiguration> Tuned(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Configuration($"{i}", ConfigurationSource.Tuned))];

    private static TunedConfiguration? Fallback(TunedConfiguration configuration) =>
        configuration.Task == "pair" ? null
        : configuration.Source == ConfigurationSource.Default ? configuration
        : Configuration(configuration.Task, ConfigurationSource.Default);

    private static TunedConfiguration Configuration(string task, ConfigurationSource source) =>
        new(task, new Dictionary<string, string> { ["k"] = "1" }, 1, source, null);
}
