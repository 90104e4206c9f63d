using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Tuning.Options;
using Attune.Tuning.Search;

namespace Attune.Cli.Commands;

/// <summary><c>attune tuners</c>: the tuners there are, and the options of one.</summary>
internal sealed class TunersCommand : CliCommand
{
    private readonly Argument<string?> name = new("NAME") { Description = "A tuner; without it all are listed.", Arity = ArgumentArity.ZeroOrOne };

    public TunersCommand()
        : base("tuners", "List the ways of searching; with a name, the options of one.", "attune tuners", "attune tuners bao") => Command.Arguments.Add(name);

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation) =>
        Task.FromResult(invocation.Value(name) is { } one ? Options(TunerNames.Check(one)) : All());

    private static CommandResult All()
    {
        var tuners = SearcherCatalog.Names.Select(
            tuner => new { Name = tuner, Description = SearcherCatalog.Describe(tuner), IsDefault = tuner == SearcherCatalog.Default }).ToArray();
        return new CommandResult(
            new { Tuners = tuners },
            report => ReportTable.Print(report, ["tuner", "what it does"], tuners.Select(tuner => new[] { tuner.Name, tuner.Description })))
        {
            Next = $"attune tuners {SearcherCatalog.Default}",
        };
    }

    private static CommandResult Options(string tuner)
    {
        ImmutableArray<TunerOption> options = SearcherCatalog.OptionsOf(tuner);
        return new CommandResult(new { Name = tuner, Description = SearcherCatalog.Describe(tuner), Options = options }, report =>
        {
            report.Line($"{tuner}: {SearcherCatalog.Describe(tuner)}");
            report.Line(string.Empty);
            if (options.IsEmpty)
            {
                report.Line("It has no options.");
                return;
            }

            ReportTable.Print(
                report, ["option", "default", "takes", "effect"], options.Select(option => new[] { option.Name, option.Value, option.Values, option.Help }));
        })
        {
            Next = options.IsEmpty
                ? null
                : PrintedCommand.Of("tune", "zoo:mobilenet_v1", "--tuner", tuner, "--tuner-option", $"{options[^1].Name}={options[^1].Value}"),
        };
    }
}
