namespace Attune.Fixtures;

/// <summary>Values of the one trait by which ./test chooses: <c>[Trait(Category.Name, Category.Slow)]</c> on a test or a class of tests.</summary>
public static class Category
{
    /// <summary>Name of the trait.</summary>
    public const string Name = "Category";

    /// <summary>Takes more than a few seconds: not part of ./test --quick.</summary>
    public const string Slow = "Slow";

    /// <summary>Of the tests of the whole program, those that ./test --quick runs.</summary>
    public const string Smoke = "Smoke";

    /// <summary>Of the tests of the whole program, those whose outcome depends on the vectors of the machine: repeated without the wider ones.</summary>
    public const string EveryWidth = "EveryWidth";

    /// <summary>Of the projects repeated without the wider vectors, tests that no machine's vectors can change: they run once.</summary>
    public const string AnyWidth = "AnyWidth";
}
