using Attune.Kernels.Spaces;
using Attune.Tuning.Search;

namespace Attune.Contracts.Searchers;

/// <summary>The contract of a searcher of the catalog.</summary>
/// <param name="name">Its name there.</param>
public abstract class CatalogSearcherContract(string name) : SearcherContract
{
    /// <summary>Its name in the catalog.</summary>
    public string Name => name;

    /// <inheritdoc/>
    protected override ISearcher Create(Space space, SearcherOptions options) => SearcherCatalog.Create(name, space, options);

    [Fact]
    public void It_says_its_name_and_what_it_does()
    {
        Create(Landscape.MakeSpace(), new()).Name.ShouldBe(name);
        SearcherCatalog.Describe(name).ShouldNotBeNullOrWhiteSpace();
    }
}
