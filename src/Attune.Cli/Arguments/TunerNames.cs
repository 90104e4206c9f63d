using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Tuning.Search;

namespace Attune.Cli.Arguments;

/// <summary>Names of tuners, and their options, as users give them.</summary>
internal static class TunerNames
{
    /// <summary>--tuner-option NAME=VALUE, repeatable.</summary>
    public static Option<string[]> Options() => new("--tuner-option")
    {
        Description = "An option of the tuner, as NAME=VALUE; may be repeated. attune tuners NAME lists them.",
        HelpName = "NAME=VALUE",
        DefaultValueFactory = _ => [],
    };

    /// <summary>--tuners A,B,C.</summary>
    public static Option<string[]> Several(string description) => new("--tuners")
    {
        Description = description,
        HelpName = "NAMES",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Checks a name.</summary>
    /// <exception cref="CommandFailedException">There is no such tuner (AT1005); the nearest is suggested.</exception>
    public static string Check(string name) => SearcherCatalog.Knows(name)
        ? name
        : throw new CommandFailedException(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"There is no tuner '{name}'. Did you mean '{SearcherCatalog.Nearest(name)}'?",
            $"Use one of {string.Join(", ", SearcherCatalog.Names)}.");

    /// <summary>Reads a list of names, separated by commas or blanks.</summary>
    /// <param name="values">Values of the option.</param>
    /// <param name="usual">Names to take when none is given; those that do not exist are left out.</param>
    /// <exception cref="CommandFailedException">There is no such tuner, or one is named twice.</exception>
    public static ImmutableArray<string> Read(IReadOnlyCollection<string> values, IEnumerable<string> usual)
    {
        string[] names = [.. values.SelectMany(value => value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        if (names.Length == 0)
        {
            return [.. usual.Where(SearcherCatalog.Knows)];
        }

        if (names.GroupBy(name => name).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"--tuners names '{twice.Key}' twice.", "Name every tuner once.");
        }

        return [.. names.Select(Check)];
    }

    /// <summary>Binds options of a tuner.</summary>
    /// <exception cref="CommandFailedException">One is unknown, malformed or out of range (AT1006); all problems are listed.</exception>
    public static SearcherOptions Bind(string tuner, SearcherOptions options, IReadOnlyCollection<string> assignments)
    {
        return SearcherCatalog.Bind(tuner, options, assignments).OrThrow(problems => new CommandFailedException(new Failure(
            ExitCode.Usage, ErrorCodes.BadTunerOption, $"--tuner-option of '{tuner}': {problems.Sentences[0]}", $"attune tuners {tuner}")
        {
            Details = [.. problems.Sentences.Skip(1)],
        }));
    }
}
